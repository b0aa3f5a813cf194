"""What computes: embedding models behind the ports of the kernel."""
