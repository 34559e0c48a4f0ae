"""What is published of a run: report, site and explorer."""
