package main

import "github.com/spf13/cobra"

func notebooksCommand() *cobra.Command {
	return &cobra.Command{Use: "notebooks", RunE: func(c *cobra.Command, _ []string) error { return nil }}
}
