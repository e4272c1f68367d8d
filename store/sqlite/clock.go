package sqlite

// setBack limits every stored deadline to now plus the delay it was set with. A clock that was
// ahead, or was set back, must not make a retry wait longer than requested or an entry live longer
// than its time to live. It runs at the start and whenever the clock reads less than at the
// previous transaction; while the clock moves forward, no deadline can be too far ahead.
func (s *Store) setBack(t *tx) {
	now := t.now.UnixNano()
	t.exec(`UPDATE lanes SET due = ?1 + delay WHERE due > ?1 AND due > ?1 + delay`, now)
	t.exec(`UPDATE entries SET expires = ?1 + ttl WHERE expires > ?1 AND ttl > 0 AND expires > ?1 + ttl`, now)
	t.exec(`UPDATE keys SET at = ?1 WHERE at > ?1`, now)
	t.exec(`UPDATE sends SET updated = ?1 WHERE updated > ?1 AND state IN ('sent', 'refused', 'unknown', 'expired')`, now)
	t.setBackLines()
	for _, l := range s.inbox.taken {
		if most := t.now.Add(l.ttl); l.until.After(most) {
			l.until = most
		}
	}
}
