"""What the host's system has and says: tools and their packages, errors of its calls, what its kernel can do."""
