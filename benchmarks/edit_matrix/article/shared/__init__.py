"""What the two experiments of the small article share."""
