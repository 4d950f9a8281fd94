"""Kernel images: their configuration and their build."""
