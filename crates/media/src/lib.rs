//! Drives FFmpeg: segments, seams, joins, sound, captions, reports.
