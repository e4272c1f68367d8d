package faults_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/simulator/internal/faults"
	"github.com/hongyan-go/hongyan/simulator/internal/lifetime"
)

var then = time.Date(2026, 3, 2, 14, 3, 0, 0, time.UTC)

const text = "/message/postText"

func newSet(seed uint64) *faults.Set {
	known := func(path string) bool { return path == text || path == "/login/setCallback" }
	return faults.NewSet(lifetime.New(), clock.NewVirtual(then), seed, known)
}

// TestCheck names what is wrong; an empty text is a fault that can have its effect.
func TestCheck(t *testing.T) {
	t.Parallel()
	for wrong, list := range map[string][]faults.Fault{
		"": {
			{Endpoint: text, Kind: faults.Refuse, Message: "no", Target: "wxid_a"},
			{Endpoint: "*", Kind: faults.Zombie, Delay: time.Second},
			{Endpoint: "callback", Kind: faults.Duplicate}, {Endpoint: "*", Kind: faults.ClockSkew, Delay: -time.Hour},
			{Endpoint: "/login/setCallback", Kind: faults.RefuseLocal},
		},
		`"endpoint" is missing`: {{Kind: faults.Refuse}},
		"there is no endpoint":  {{Endpoint: "/message/postTxt", Kind: faults.Refuse}},
		`there is no "fault"`: {
			{Endpoint: text, Kind: "explode"}, {Endpoint: text, Kind: faults.Drop}, {Endpoint: text, Kind: faults.RefuseLocal},
		},
		`needs a "delay"`:         {{Endpoint: text, Kind: faults.Slow}, {Endpoint: "callback", Kind: faults.Delay}},
		`no use for a "delay"`:    {{Endpoint: text, Kind: faults.Refuse, Delay: 1}},
		"must not be negative":    {{Endpoint: text, Kind: faults.Slow, Delay: -1}},
		`a "target" limits`:       {{Endpoint: "callback", Kind: faults.Drop, Target: "wxid_a"}},
		`no use for a "message"`:  {{Endpoint: text, Kind: faults.HTTP500, Message: "no"}},
		"is not about an account": {{Endpoint: "*", Kind: faults.ClockSkew, Delay: 1, AppID: "wx_a"}},
		`"count" must be`:         {{Endpoint: text, Kind: faults.Refuse, Count: -1}},
		`"probability" must be`:   {{Endpoint: text, Kind: faults.Refuse, Probability: 1.5}},
	} {
		for _, f := range list {
			f.Fill()
			err := newSet(1).Check(&f)
			if wrong == "" {
				require.NoError(t, err, "%+v", f)
				continue
			}
			require.ErrorContains(t, err, wrong, "%+v", f)
		}
	}
}

// filled sets the defaults of faults and adds them.
func filled(t *testing.T, s *faults.Set, list ...faults.Fault) {
	t.Helper()
	for i := range list {
		list[i].Fill()
	}
	_, err := s.Add(list)
	require.NoError(t, err)
}

func TestTake(t *testing.T) {
	t.Parallel()
	s := newSet(1)
	filled(t, s,
		faults.Fault{Endpoint: text, Kind: faults.Refuse, Target: "wxid_a", Count: 2},
		faults.Fault{Endpoint: "*", Kind: faults.HTTP500, AppID: "wx_b"},
		faults.Fault{Endpoint: "callback", Kind: faults.Drop})
	alice := faults.About{AppID: "wx_a", Targets: []string{"wxid_a"}}
	for _, step := range []struct {
		endpoint string
		about    faults.About
		want     string // none if empty
	}{
		{text, faults.About{AppID: "wx_a", Targets: []string{"wxid_b"}}, ""},
		{text, alice, faults.Refuse}, {"/login/setCallback", alice, ""}, {text, alice, faults.Refuse}, {text, alice, ""},
		{text, faults.About{AppID: "wx_b"}, faults.HTTP500}, {text, faults.About{AppID: "wx_b"}, ""},
		{"callback", alice, faults.Drop},
	} {
		f := s.Take(step.endpoint, step.about)
		assert.Equal(t, step.want != "", f.Is(step.want), "%+v", step)
		assert.Equal(t, step.want == "", f == nil, "%+v", step)
	}
	hits, changes := 0, s.Changes()
	for _, state := range s.All() {
		hits += state.Hits
		assert.Equal(t, then, state.Last)
	}
	assert.Equal(t, []int{4, 5}, []int{hits, changes}, "hits, and the one time that faults were added")
	assert.Equal(t, []bool{true, false}, []bool{s.Remove(2), s.Remove(2)})
	assert.Equal(t, 2, s.Clear())
	assert.Empty(t, s.All())
}

// TestProbability takes the same faults from two sets with the same seed.
func TestProbability(t *testing.T) {
	t.Parallel()
	pattern := func(seed uint64) (taken []bool) {
		s := newSet(seed)
		filled(t, s, faults.Fault{Endpoint: text, Kind: faults.Refuse, Count: 1000, Probability: 0.5})
		for range 100 {
			taken = append(taken, s.Take(text, faults.About{}) != nil)
		}
		return taken
	}
	first := pattern(7)
	assert.Equal(t, first, pattern(7))
	assert.NotEqual(t, first, pattern(8))
}

// TestZombie answers that it is online, and does nothing else.
func TestZombie(t *testing.T) {
	t.Parallel()
	s := newSet(1)
	filled(t, s, faults.Fault{Endpoint: "*", Kind: faults.Zombie, AppID: "wx_a"},
		faults.Fault{Endpoint: "*", Kind: faults.ClockSkew, Delay: 5})
	about := faults.About{AppID: "wx_a"}
	assert.Nil(t, s.Take("/login/checkOnline", about))
	f := s.Take(text, about)
	assert.True(t, f.Is(faults.Zombie) && f.Stops())
	assert.False(t, f.Drops(), "only one with a delay")
	assert.Equal(t, []bool{true, false}, []bool{s.Zombie("wx_a"), s.Zombie("wx_b")})
	assert.Equal(t, time.Duration(5), s.TakeSkew("/v2/api"+text))
}
