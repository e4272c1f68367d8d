package monitor

import (
	"slices"
	"time"
)

// Heartbeat is the sign of life of a loop of the process.
type Heartbeat struct {
	monitor *Monitor
	name    string
	longest time.Duration
	last    time.Time // guarded by the monitor's lock
}

// Heartbeat begins to watch a loop: Dead names it when it has not beaten for longer than a time.
func (m *Monitor) Heartbeat(name string, longest time.Duration) *Heartbeat {
	m.mu.Lock()
	defer m.mu.Unlock()
	h := &Heartbeat{monitor: m, name: name, longest: longest, last: m.config.Clock.Now()}
	m.heartbeats[name] = h
	return h
}

// Beat records that the loop is alive.
func (h *Heartbeat) Beat() {
	h.monitor.mu.Lock()
	defer h.monitor.mu.Unlock()
	h.last = h.monitor.config.Clock.Now()
}

// End records that the loop has ended, as it should.
func (h *Heartbeat) End() {
	h.monitor.mu.Lock()
	defer h.monitor.mu.Unlock()
	delete(h.monitor.heartbeats, h.name)
}

// Dead names the loops that give no sign of life.
func (m *Monitor) Dead() []string {
	now := m.config.Clock.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	var dead []string
	for _, h := range m.heartbeats {
		if now.Sub(h.last) > h.longest {
			dead = append(dead, h.name)
		}
	}
	slices.Sort(dead)
	return dead
}
