"""What bin/run, bin/test and bin/messages do. The site itself never imports this package."""
