"""Initial ramdisks: whatever the user names becomes one archive that the kernel unpacks into its root file system."""
