package main

import "github.com/spf13/cobra"

func setupCommand() *cobra.Command {
	return &cobra.Command{Use: "setup", RunE: func(c *cobra.Command, _ []string) error { return nil }}
}
