package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/plugin"
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

// What an object says about itself.
const (
	metaMessage = "Hongyan-Message" // a hash of the key of the message
	metaSHA256  = "Hongyan-Sha256"
)

// maxObject is the most that a storage takes in a single request.
const maxObject = 5 << 30

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
	if maxSize > maxObject {
		mistake("max_size", "it is more than 5GB, the most that S3 takes at once")
	}
	return errs
}

// bucket is a shelf in a storage.
type bucket struct {
	c         *S3
	client    *minio.Core
	transport *http.Transport
	mu        sync.Mutex // a name that is free is taken before another task looks for one
}

func openBucket(h *bot.Handle, c *S3) (*bucket, error) {
	u, err := url.Parse(c.Endpoint)
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	secure := u.Scheme == "https"
	transport, err := minio.DefaultTransport(secure)
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	lookup := minio.BucketLookupAuto
	if c.InHost {
		lookup = minio.BucketLookupDNS
	}
	client, err := minio.NewCore(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(c.Key, c.Secret, ""), Secure: secure, Region: c.Region, BucketLookup: lookup,
		Transport:  h.HTTP(&http.Client{Transport: transport}).Transport,
		MaxRetries: 1, // the queue of the plugin tries again, and outlives a restart
	})
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	return &bucket{c: c, client: client, transport: transport}, nil
}

func (b *bucket) name() string { return b.c.Bucket }

func (b *bucket) close() error {
	b.transport.CloseIdleConnections()
	return nil
}

// take sends a download to the storage, and removes it. The signature of the request has its
// SHA-256: the storage refuses what has changed on the way. A message that was taken before keeps
// its object.
func (b *bucket) take(ctx context.Context, message string, file *media.File, folders []string, name string) (place string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	sum := sha256.Sum256([]byte(message))
	mark := hex.EncodeToString(sum[:16])
	for n := 1; ; n++ {
		place = b.c.Prefix + path.Join(path.Join(folders...), numbered(name, n))
		there, err := b.client.StatObject(ctx, b.c.Bucket, place, minio.StatObjectOptions{})
		if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
			break
		}
		if err != nil {
			return "", clean(err)
		}
		if there.UserMetadata[metaMessage] == mark && there.UserMetadata[metaSHA256] == file.SHA256 {
			return place, os.Remove(file.Path)
		}
	}
	from, err := file.Open()
	if err != nil {
		return "", err //nolint:wrapcheck // it says what failed
	}
	defer from.Close()
	if _, err = b.client.PutObject(ctx, b.c.Bucket, place, from, file.Size, "", file.SHA256, minio.PutObjectOptions{
		ContentType: file.Type, UserMetadata: map[string]string{metaMessage: mark, metaSHA256: file.SHA256},
		DisableContentSha256: true, // the sum of the parts of a stream, which would replace that of the file
	}); err != nil {
		return "", clean(err)
	}
	return place, os.Remove(file.Path)
}

// remove removes an object; one that does not exist is no error.
func (b *bucket) remove(ctx context.Context, place string) error {
	return clean(b.client.RemoveObject(ctx, b.c.Bucket, place, minio.RemoveObjectOptions{}))
}

// refusedError is an answer of a storage that a person must see to.
type refusedError struct{ code string }

func (e *refusedError) Error() string { return "archive: the storage refuses: " + e.code }

// clean is an error of a storage without the name of the object, which people have chosen.
func clean(err error) error {
	if err == nil {
		return nil
	}
	var of *url.Error
	if errors.As(err, &of) {
		return phrase.Errorf("archive: the storage cannot be reached: %w", of.Err)
	}
	var answer minio.ErrorResponse
	if !errors.As(err, &answer) {
		return phrase.Errorf("archive: the storage: %w", err)
	}
	switch answer.Code {
	case minio.NoSuchBucket, minio.AccessDenied, "InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthorizationHeaderMalformed":
		return &refusedError{answer.Code}
	}
	return phrase.Errorf("archive: the storage answers %d %s", answer.StatusCode, answer.Code)
}
