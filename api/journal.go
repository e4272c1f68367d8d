package api

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// EncodeSend returns the body that Send would post. DecodeSend needs only this and the endpoint.
// The body is as secret as the message; it does not contain the token.
func EncodeSend(m Send) ([]byte, error) {
	body, err := json.Marshal(m, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return nil, fmt.Errorf("api: %s: the request cannot be written as JSON", m.endpoint())
	}
	return body, nil
}

// DecodeSend restores the message from which EncodeSend made the body.
func DecodeSend(endpoint string, body []byte) (Send, error) {
	all := map[string]func([]byte) (Send, error){}
	for _, add := range []func(map[string]func([]byte) (Send, error)){
		decodes[PostText], decodes[PostFile], decodes[PostImage], decodes[PostVoice], decodes[PostVideo], decodes[PostLink],
		decodes[PostNameCard], decodes[PostLocation], decodes[PostEmoji], decodes[PostAppMsg], decodes[PostMiniApp],
		decodes[ForwardFile], decodes[ForwardImage], decodes[ForwardVideo], decodes[ForwardURL], decodes[ForwardMiniApp],
		decodes[SendFinderMsg], decodes[FinderPostDirectMessageRequest], decodes[FinderCommentRequest],
	} {
		add(all)
	}
	decode, ok := all[endpoint]
	if !ok {
		return nil, fmt.Errorf("api: %q is not an endpoint that sends", endpoint)
	}
	return decode(body)
}

func decodes[T Send](all map[string]func([]byte) (Send, error)) {
	var zero T
	endpoint := zero.endpoint()
	all[endpoint] = func(body []byte) (Send, error) {
		var m T
		if json.Unmarshal(body, &m, tolerant()) != nil { // its error may quote the message
			return nil, errors.New("api: " + endpoint + ": the body cannot be read")
		}
		return m, nil
	}
}
