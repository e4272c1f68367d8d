package botfile

import (
	"errors"
	"reflect"
	"time"

	"github.com/hongyan-go/hongyan/store/nats"
)

// cluster is the part of the file about a NATS cluster. docs/scaling.md describes it.
type cluster struct {
	URL         list     `yaml:"url"`
	Credentials string   `yaml:"credentials"`
	NKeySeed    string   `yaml:"nkey_seed"`
	User        string   `yaml:"user"`
	Password    string   `yaml:"password"`
	CAFile      string   `yaml:"ca_file"`
	CertFile    string   `yaml:"cert_file"`
	KeyFile     string   `yaml:"key_file"`
	Prefix      string   `yaml:"prefix"`
	Replicas    int      `yaml:"replicas"`
	Partitions  int      `yaml:"partitions"`
	Remember    duration `yaml:"remember"`
	MaxBytes    size     `yaml:"max_bytes"`
	Takeover    duration `yaml:"takeover"`
	Monitors    list     `yaml:"monitors"`
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
		URL: c.URL.joined(), Credentials: c.Credentials, NKeySeed: c.NKeySeed, User: c.User, Password: c.Password,
		CAFile: c.CAFile, CertFile: c.CertFile, KeyFile: c.KeyFile, Prefix: c.Prefix, Replicas: c.Replicas, Partitions: c.Partitions,
		Remember: time.Duration(c.Remember), MaxBytes: int64(c.MaxBytes), Takeover: time.Duration(c.Takeover), Monitors: c.Monitors,
	}
}
