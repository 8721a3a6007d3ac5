"""How good the published release is: measured against files that the user gives, beside plain methods."""
