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
	for _, decode := range [...]func(string, []byte) (Send, bool, error){
		decodes[PostText], decodes[PostFile], decodes[PostImage], decodes[PostVoice], decodes[PostVideo], decodes[PostLink],
		decodes[PostNameCard], decodes[PostLocation], decodes[PostEmoji], decodes[PostAppMsg], decodes[PostMiniApp],
		decodes[ForwardFile], decodes[ForwardImage], decodes[ForwardVideo], decodes[ForwardURL], decodes[ForwardMiniApp],
		decodes[SendFinderMsg], decodes[FinderPostDirectMessageRequest], decodes[FinderCommentRequest],
	} {
		if m, is, err := decode(endpoint, body); is {
			return m, err
		}
	}
	return nil, fmt.Errorf("api: %q is not an endpoint that sends", endpoint)
}

// decodes reads the body of a T, if that is sent to this endpoint.
func decodes[T Send](endpoint string, body []byte) (m Send, is bool, err error) {
	var zero T
	if endpoint != zero.endpoint() {
		return nil, false, nil
	}
	var sent T
	if json.Unmarshal(body, &sent, tolerant()) != nil { // its error may quote the message
		return nil, true, errors.New("api: " + endpoint + ": the body cannot be read")
	}
	return sent, true, nil
}
