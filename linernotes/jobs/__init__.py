"""The long jobs: what joins the rooms."""
