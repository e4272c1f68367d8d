package xmlmsg_test

import (
	"bytes"
	"crypto/aes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

func TestMedia(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		payload xmlmsg.Payload
		want    xmlmsg.CDNRef
	}{
		{&xmlmsg.Image{AESKey: "k", CDNBigURL: "b", HDLength: 3, CDNMidURL: "m", Length: 2, CDNThumbURL: "t"},
			xmlmsg.CDNRef{AESKey: "k", FileID: "b", Type: "1", Size: 3, Suffix: "jpg"}},
		{&xmlmsg.Image{AESKey: "k", CDNMidURL: "m", Length: 2, CDNThumbURL: "t"},
			xmlmsg.CDNRef{AESKey: "k", FileID: "m", Type: "2", Size: 2, Suffix: "jpg"}},
		{&xmlmsg.Image{AESKey: "k", CDNThumbURL: "t", ThumbLength: 1},
			xmlmsg.CDNRef{AESKey: "k", FileID: "t", Type: "3", Size: 1, Suffix: "jpg"}},
		{&xmlmsg.Video{AESKey: "k", CDNVideoURL: "v", Length: 4},
			xmlmsg.CDNRef{AESKey: "k", FileID: "v", Type: "4", Size: 4, Suffix: "mp4"}},
		{&xmlmsg.Video{AESKey: "k", CDNVideoURL: "v", CDNRawURL: "r", RawAESKey: "q", RawLength: 9},
			xmlmsg.CDNRef{AESKey: "q", FileID: "r", Type: "4", Size: 9, Suffix: "mp4"}},
		{&xmlmsg.File{AESKey: "k", CDNAttachURL: "f", Size: 5, Ext: "pdf"},
			xmlmsg.CDNRef{AESKey: "k", FileID: "f", Type: "5", Size: 5, Suffix: "pdf"}},
		{&xmlmsg.AppImage{AESKey: "k", CDNAttachURL: "a", Size: 6, Ext: "png"},
			xmlmsg.CDNRef{AESKey: "k", FileID: "a", Type: "1", Size: 6, Suffix: "png"}},
	} {
		got, err := xmlmsg.Media(test.payload)
		require.NoError(t, err)
		assert.Equal(t, test.want, got)
		assert.NotContains(t, fmt.Sprintf("%v %+v %#v", got, got, got), test.want.FileID+" ", "a reference does not print")
	}
	for _, p := range []xmlmsg.Payload{&xmlmsg.Text{}, &xmlmsg.FileNotice{}, &xmlmsg.File{AESKey: "k"}, &xmlmsg.Image{CDNMidURL: "m"}} {
		_, err := xmlmsg.Media(p)
		require.ErrorIs(t, err, xmlmsg.ErrNoMedia)
	}
}

func TestMediaKeys(t *testing.T) {
	t.Parallel()
	key := []byte("0123456789abcdef")
	digits := hex.EncodeToString(key)
	for _, text := range []string{digits, " " + digits + "\n", base64.StdEncoding.EncodeToString(key),
		base64.RawStdEncoding.EncodeToString(key), base64.StdEncoding.EncodeToString([]byte(digits))} {
		got, err := xmlmsg.ParseMediaKey(text)
		require.NoError(t, err, text)
		assert.Equal(t, key, got)
	}
	for _, text := range []string{"", "xyz", digits[:30], "!!!!"} {
		_, err := xmlmsg.ParseMediaKey(text)
		require.ErrorIs(t, err, xmlmsg.ErrBadKey)
	}
}

// encrypt is the reverse of the decryption: AES-128 in ECB mode with PKCS#7 padding.
func encrypt(t require.TestingT, key, plain []byte) []byte {
	block, err := aes.NewCipher(key)
	require.NoError(t, err)
	padding := aes.BlockSize - len(plain)%aes.BlockSize
	out := append(bytes.Clone(plain), bytes.Repeat([]byte{byte(padding)}, padding)...)
	for i := 0; i < len(out); i += aes.BlockSize {
		block.Encrypt(out[i:], out[i:])
	}
	return out
}

func TestDecryption(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "key")
		plain := bytes.Repeat(rapid.SliceOfN(rapid.Byte(), 1, 50).Draw(t, "plain"), rapid.IntRange(0, 3000).Draw(t, "times"))
		source := io.Reader(bytes.NewReader(encrypt(t, key, plain)))
		if rapid.Bool().Draw(t, "in pieces") {
			source = iotest.HalfReader(source)
		}
		r, err := xmlmsg.NewMediaReader(source, key)
		require.NoError(t, err)
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		require.True(t, bytes.Equal(plain, got))
	})
}

func TestDecryptionFails(t *testing.T) {
	t.Parallel()
	key := []byte("0123456789abcdef")
	good := encrypt(t, key, []byte("some media that is longer than a block"))
	_, err := xmlmsg.NewMediaReader(nil, key[:8])
	require.ErrorIs(t, err, xmlmsg.ErrBadKey)
	for name, source := range map[string][]byte{"nothing": nil, "cut off": good[:len(good)-3], "a block is missing": good[:aes.BlockSize],
		"another key": encrypt(t, []byte("fedcba9876543210"), make([]byte, 32))} {
		r, err := xmlmsg.NewMediaReader(bytes.NewReader(source), key)
		require.NoError(t, err)
		_, err = io.ReadAll(r)
		require.ErrorIs(t, err, xmlmsg.ErrPadding, name)
	}
	broken := errors.New("broken")
	r, err := xmlmsg.NewMediaReader(iotest.ErrReader(broken), key)
	require.NoError(t, err)
	_, err = io.ReadAll(r)
	require.ErrorIs(t, err, broken)
}
