package main

import "github.com/spf13/cobra"

func doctorCommand() *cobra.Command {
	return &cobra.Command{Use: "doctor", RunE: func(c *cobra.Command, _ []string) error { return nil }}
}
