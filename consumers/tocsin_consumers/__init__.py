"""Acts: takes what lies in the topics, has it decided and kept, and tells the people whom it concerns."""
