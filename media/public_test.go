package media_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/media"
)

func TestCheckPublic(t *testing.T) {
	t.Parallel()
	for link, ok := range map[string]bool{
		"http://8.8.8.8/a.pdf": true, "https://[2606:4700::1111]/a": true, "http://10.0.0.7:9000/a": true,
		"http://127.0.0.1/": false, "http://[::1]/": false, "http://169.254.169.254/latest": false,
		"http://10.0.0.8/a": false, "http://[::ffff:127.0.0.1]/": false, "http://0.0.0.0/": false,
		"file:///etc/passwd": false, "http://user@8.8.8.8/": false, "http:///a": false, "://": false, "": false,
	} {
		err := media.CheckPublic(t.Context(), link, "10.0.0.7:9000")
		if ok {
			assert.NoError(t, err, link)
		} else {
			assert.ErrorIs(t, err, media.ErrForbiddenHost, link)
		}
	}
}
