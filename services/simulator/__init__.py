"""Simulator: answers as API Particulier would, for invented families; a demo and test tool."""
