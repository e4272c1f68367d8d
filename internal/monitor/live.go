package monitor

import (
	"slices"
	"time"
)

// Pulse is the sign of life of a loop of the process.
type Pulse struct {
	monitor *Monitor
	name    string
	longest time.Duration
	last    time.Time // guarded by the monitor's lock
}

// Pulse begins to watch a loop: Live names it when it has not beaten for longer than a time.
func (m *Monitor) Pulse(name string, longest time.Duration) *Pulse {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := &Pulse{monitor: m, name: name, longest: longest, last: m.config.Now()}
	m.pulses[name] = p
	return p
}

// Beat says that the loop is alive.
func (p *Pulse) Beat() {
	p.monitor.mu.Lock()
	defer p.monitor.mu.Unlock()
	p.last = p.monitor.config.Now()
}

// End says that the loop has ended, as it should.
func (p *Pulse) End() {
	p.monitor.mu.Lock()
	defer p.monitor.mu.Unlock()
	delete(p.monitor.pulses, p.name)
}

// Dead names the loops that give no sign of life.
func (m *Monitor) Dead() []string {
	now := m.config.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	var dead []string
	for _, p := range m.pulses {
		if now.Sub(p.last) > p.longest {
			dead = append(dead, p.name)
		}
	}
	slices.Sort(dead)
	return dead
}
