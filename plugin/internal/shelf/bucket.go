package shelf

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
	"sync"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/media"
)

// S3 says where a bucket is, in a storage that speaks the protocol of S3.
type S3 struct {
	Bucket, Endpoint, Region string
	Key, Secret              string
	Prefix                   string // of the names of the objects
	InHost                   bool   // requests go to BUCKET.HOST
}

// What an object says about itself.
const (
	metaMessage = "Hongyan-Message" // a hash of the key of the message
	metaSHA256  = "Hongyan-Sha256"
)

// MaxObject is the most bytes that a storage takes in a single request.
const MaxObject = 5 << 30

// Bucket is a shelf in a storage.
type Bucket struct {
	c         S3
	client    *minio.Core
	transport *http.Transport
	mu        sync.Mutex // a name that is free is taken before another task looks for one
}

// OpenBucket opens a bucket. It asks for nothing yet.
func OpenBucket(h *bot.Handle, c S3) (*Bucket, error) {
	u, err := url.Parse(c.Endpoint)
	if err != nil {
		return nil, fmt.Errorf("shelf: %w", err)
	}
	secure := u.Scheme == "https"
	transport, err := minio.DefaultTransport(secure)
	if err != nil {
		return nil, fmt.Errorf("shelf: %w", err)
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
		return nil, fmt.Errorf("shelf: %w", err)
	}
	return &Bucket{c: c, client: client, transport: transport}, nil
}

// Name is that of the bucket.
func (b *Bucket) Name() string { return b.c.Bucket }

// Close closes the connections.
func (b *Bucket) Close() error {
	b.transport.CloseIdleConnections()
	return nil
}

// Take sends a download to the storage, and removes it. The signature of the request has its
// SHA-256: the storage refuses what has changed on the way. A message that was taken before keeps
// its object.
func (b *Bucket) Take(ctx context.Context, message string, file *media.File, folders []string, name string) (place string, err error) {
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

// Remove removes an object; one that does not exist is no error.
func (b *Bucket) Remove(ctx context.Context, place string) error {
	return clean(b.client.RemoveObject(ctx, b.c.Bucket, place, minio.RemoveObjectOptions{}))
}

// RefusedError is an answer of a storage that a person must see to.
type RefusedError struct{ Code string }

// Error has the code of the storage.
func (e *RefusedError) Error() string { return "shelf: the storage refuses: " + e.Code }

// clean is an error of a storage without the name of the object, which people have chosen.
func clean(err error) error {
	if err == nil {
		return nil
	}
	var of *url.Error
	if errors.As(err, &of) {
		return phrase.Errorf("shelf: the storage cannot be reached: %w", of.Err)
	}
	var answer minio.ErrorResponse
	if !errors.As(err, &answer) {
		return phrase.Errorf("shelf: the storage: %w", err)
	}
	switch answer.Code {
	case minio.NoSuchBucket, minio.AccessDenied, "InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthorizationHeaderMalformed":
		return &RefusedError{answer.Code}
	}
	return phrase.Errorf("shelf: the storage answers %d %s", answer.StatusCode, answer.Code)
}
