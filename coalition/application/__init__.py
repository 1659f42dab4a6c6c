"""What follows: handlers carry out commands, policies say which effects events call for."""
