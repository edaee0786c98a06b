"""What interviewers think of a candidate: private notes, blind scorecards, comments and the decision."""
