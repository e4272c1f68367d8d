package app

import (
	"errors"
	"reflect"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/store/nats"
)

// cluster is the part of the file about a NATS cluster. docs/en/scaling.md describes it.
type cluster struct {
	URL         []string      `yaml:"url"`
	Credentials string        `yaml:"credentials"`
	NKeySeed    string        `yaml:"nkey_seed"`
	User        string        `yaml:"user"`
	Password    string        `yaml:"password"`
	CAFile      string        `yaml:"ca_file"`
	CertFile    string        `yaml:"cert_file"`
	KeyFile     string        `yaml:"key_file"`
	Prefix      string        `yaml:"prefix"`
	Replicas    int           `yaml:"replicas"`
	Partitions  int           `yaml:"partitions"`
	Remember    time.Duration `yaml:"remember"`
	MaxBytes    int64         `yaml:"max_bytes,bytes"`
	Takeover    time.Duration `yaml:"takeover"`
	Monitors    []string      `yaml:"monitors"`
}

// config is the configuration of the store; nil without the section.
func (c *cluster) config(mistake func(path string, err error)) *nats.Config {
	if reflect.ValueOf(*c).IsZero() {
		return nil
	}
	if len(c.URL) == 0 {
		mistake("nats.url", errors.New("it is missing: write where the servers are, such as nats://10.0.0.1:4222"))
	}
	return &nats.Config{
		URL: strings.Join(c.URL, ","), Credentials: c.Credentials, NKeySeed: c.NKeySeed, User: c.User, Password: c.Password,
		CAFile: c.CAFile, CertFile: c.CertFile, KeyFile: c.KeyFile, Prefix: c.Prefix, Replicas: c.Replicas, Partitions: c.Partitions,
		Remember: c.Remember, MaxBytes: c.MaxBytes, Takeover: c.Takeover, Monitors: c.Monitors,
	}
}
