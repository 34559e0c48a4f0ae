"""What is computed: pure functions, frames in and frames out."""
