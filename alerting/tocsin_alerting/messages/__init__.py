"""What messages say: from what may be disclosed of an alert to the words and layout of each channel. Pure."""
