"""What screens are made of. A widget knows no stage: it is told what to show, and says what was chosen."""
