package api

import (
	"bytes"
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// minHidden is the shortest token, or value of a request, that is searched for, in bytes. Shorter ones are in every sentence.
const minHidden = 4

// opaque is what keys, CDN ids and tickets look like.
var opaque = regexp.MustCompile(`[0-9A-Za-z+=_-]{32,}`)

// scrub takes out of a text of the service what it may repeat of the request, and what else looks like a secret.
func scrub(s string, token secret, payload []byte) string {
	if len(*token.value) >= minHidden {
		s = strings.ReplaceAll(s, *token.value, "[token]")
	}
	for _, v := range valuesOf(payload) {
		s = strings.ReplaceAll(s, v.value, "["+v.name+"]")
	}
	if before, _, found := strings.Cut(s, "<"); found {
		s = before + "[xml]"
	}
	return shorten(opaque.ReplaceAllString(s, "[hidden]"))
}

// valuesOf are the texts of a request that an error must not repeat, the longest first. Ids stay: without them the
// service's sentence would not tell who is meant.
func valuesOf(payload []byte) []field {
	var values []field
	dec := jsontext.NewDecoder(bytes.NewReader(payload), jsontext.AllowInvalidUTF8(true))
	for {
		token, err := dec.ReadToken()
		if err != nil {
			break
		}
		in, read := dec.StackIndex(dec.StackDepth())
		if token.Kind() != '"' || in == '{' && read%2 == 1 { // no text, or the name of a member
			continue
		}
		member, _, _ := strings.Cut(strings.TrimPrefix(string(dec.StackPointer()), "/"), "/")
		if s := token.String(); len(s) >= minHidden && !isID(member) {
			values = append(values, field{member, s})
			if u, err := url.Parse(s); err == nil && u.Host != "" { // a server tells its address apart from the rest, which may be a secret
				values = append(values, partsOf(member, u)...)
			}
		}
	}
	slices.SortFunc(values, func(a, b field) int { return cmp.Compare(len(b.value), len(a.value)) })
	return values
}

// partsOf are the parts of a URL in which secrets are.
func partsOf(member string, u *url.URL) []field {
	var parts []field
	password, _ := u.User.Password()
	for _, part := range []string{u.RequestURI(), u.EscapedPath(), u.Path, u.RawQuery, password} {
		if len(part) >= minHidden {
			parts = append(parts, field{member, part})
		}
	}
	return parts
}

func isID(member string) bool {
	switch member {
	case "appId", "toWxid", "wxid", "wxids", "wxIds", "memberWxid", "memberWxids", "toUserName", "chatroomId", "nameCardWxid", "ats":
		return true
	}
	return false
}
