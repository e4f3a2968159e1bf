-- What happened, by day and without anybody's name; counted by a job.
CREATE TABLE daily_counts (
  day date NOT NULL,
  name varchar(80) NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (day, name)
);
CALL protect('daily_counts');
