package app

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"sync"
)

// secretMark begins what stands for a secret in a text that is shown.
const secretMark = "⟪secret "

// secretValue matches a secret in a file: its key, and its value.
var secretValue = regexp.MustCompile( //nolint:gochecknoglobals // a constant
	`(?m)(\b\w*(?:token|secret|password|api_key|webhook|auth_key|proxy))(["']?[ \t]*:[ \t]*)` +
		`("[^"\n]*"|'[^'\n]*'|[^\s,}\]#"'\[{][^\s,}\]#]*)`)

// secretKey reports whether a key of a file has a secret.
func secretKey(key string) bool {
	name := key[strings.LastIndexByte(key, '.')+1:]
	return secretValue.MatchString(name + ": x")
}

// secrets are the secrets that were shown as marks. The zero value is empty.
type secrets struct {
	mu  sync.Mutex
	key []byte
	all map[string]string // by their marks
}

// hide replaces the secrets of a text by marks. References such as ${NAME} are none.
func (s *secrets) hide(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.key == nil {
		s.key, s.all = make([]byte, sha256.Size), map[string]string{}
		_, _ = rand.Read(s.key) // never fails
	}
	return secretValue.ReplaceAllStringFunc(text, func(found string) string {
		m := secretValue.FindStringSubmatch(found)
		bare := strings.Trim(m[3], `"'`)
		if bare == "" || strings.HasPrefix(bare, "${") || strings.HasPrefix(bare, secretMark) || bare == "off" || bare == "true" ||
			bare == "false" {
			return found
		}
		mac := hmac.New(sha256.New, s.key)
		mac.Write([]byte(m[3]))
		mark := secretMark + hex.EncodeToString(mac.Sum(nil)[:6]) + "⟫"
		s.all[mark] = m[3]
		return m[1] + m[2] + `"` + mark + `"`
	})
}

// show puts the secrets back.
func (s *secrets) show(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for mark, secret := range s.all {
		text = strings.ReplaceAll(text, `"`+mark+`"`, secret)
	}
	return text
}
