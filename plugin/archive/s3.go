package archive

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/internal/shelf"
)

// S3 is a bucket of a storage that speaks the protocol of S3.
type S3 struct {
	Bucket   string `yaml:"bucket" required:"true" help:"The name of the bucket, which exists."`
	Endpoint string `yaml:"endpoint" default:"https://s3.amazonaws.com" help:"The URL of the storage, without the bucket."`
	Region   string `yaml:"region" default:"us-east-1" help:"The region of the bucket; many storages take any."`
	Key      string `yaml:"key" required:"true" help:"The access key; keep it in the environment: ${S3_KEY}."`
	Secret   string `yaml:"secret" required:"true" help:"The secret key; keep it in the environment: ${S3_SECRET}."`
	Prefix   string `yaml:"prefix" help:"What the names of the objects begin with, such as wechat/."`
	InHost   bool   `yaml:"bucket_in_host" default:"false" help:"Whether requests go to BUCKET.HOST, as some storages want."`
}

// check finds mistakes.
func (c *S3) check(maxSize int64) (errs []error) {
	mistake := func(field, text string) { errs = append(errs, &plugin.FieldError{Field: field, Err: errors.New(text)}) }
	for _, f := range []struct{ name, value string }{{"bucket", c.Bucket}, {"key", c.Key}, {"secret", c.Secret}} {
		if strings.TrimSpace(f.value) == "" {
			mistake("s3."+f.name, "it is missing or empty")
		}
	}
	u, err := url.Parse(c.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" {
		mistake("s3.endpoint", "it is not the URL of a storage: write https://HOST, without the bucket")
	}
	if strings.HasPrefix(c.Prefix, "/") || slices.Contains(strings.Split(c.Prefix, "/"), "..") {
		mistake("s3.prefix", "it begins with / or has ..: write wechat/")
	}
	if maxSize > shelf.MaxObject {
		mistake("max_size", "it is more than 5GB, the most that S3 takes at once")
	}
	return errs
}
