package contacts

import "github.com/hongyan-go/hongyan/api"

// The defaults, for the external tests.
const (
	DefaultTTL = defaultTTL
)

// Called is a contact with its names.
type Called = called

// Choose returns the id of the one that has a name.
var Choose = choose

// NewCalled is the contact of a profile.
func NewCalled(p api.ContactInfo) Called { return calledOf(&p) }
