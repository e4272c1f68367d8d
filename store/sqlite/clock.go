package sqlite

// setBack bounds the times in the file by what they can be, seen from now. A clock that has been ahead, or was set back, must not make a retry wait for
// longer than was asked for, nor an entry live for longer. It is called at the start, and whenever the clock shows less than at the transaction before:
// as no time was set further ahead than its delay then, none is too far ahead as long as the clock goes forward.
func (s *Store) setBack(t *tx) {
	now := t.now.UnixNano()
	t.exec(`UPDATE lanes SET due = ?1 + delay WHERE due > ?1 AND due > ?1 + delay`, now)
	t.exec(`UPDATE entries SET expires = ?1 + ttl WHERE expires > ?1 AND ttl > 0 AND expires > ?1 + ttl`, now)
	t.exec(`UPDATE keys SET at = ?1 WHERE at > ?1`, now)
	t.exec(`UPDATE sends SET updated = ?1 WHERE updated > ?1 AND state IN ('sent', 'refused', 'unknown', 'expired')`, now)
	for _, l := range s.inbox.taken {
		if most := t.now.Add(l.ttl); l.until.After(most) {
			l.until = most
		}
	}
}
