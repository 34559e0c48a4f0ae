"""What tests of several folders use: checkouts, processes, notebooks read cell by cell, scripts."""
