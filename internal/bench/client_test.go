package bench_test

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"time"
)

// client posts callbacks over kept connections, one to each bot.
type client struct {
	addresses []string
	open      []*connection
	request   []byte
	body      []byte
}

type connection struct {
	net.Conn
	in *bufio.Reader
}

func (c *client) close() {
	for _, conn := range c.open {
		if conn != nil {
			_ = conn.Close()
		}
	}
}

// post posts the message with a number, and expects a 200.
func (c *client) post(number, conversation, account int) error {
	if c.open == nil {
		c.open = make([]*connection, len(c.addresses))
	}
	at := number % len(c.addresses)
	if c.open[at] == nil {
		conn, err := net.Dial("tcp", c.addresses[at])
		if err != nil {
			return err
		}
		c.open[at] = &connection{conn, bufio.NewReader(conn)}
	}
	conn := c.open[at]
	c.body = appendText(c.body[:0], number, conversation, account)
	c.request = fmt.Appendf(c.request[:0],
		"POST /callback HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", len(c.body))
	c.request = append(c.request, c.body...)
	if _, err := conn.Write(c.request); err != nil {
		return err
	}
	status, err := conn.in.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.Contains(status, []byte(" 200 ")) {
		return fmt.Errorf("message %d: %s", number, bytes.TrimSpace(status))
	}
	return readMessage(conn.in, &c.body)
}

// appendText appends the callback of a text in a private chat, with all that the service adds.
func appendText(b []byte, number, conversation, account int) []byte {
	return fmt.Appendf(b, `{"TypeName":"AddMsg","Appid":"wx_bench%[5]d","Data":{"MsgId":%[1]d,`+
		`"FromUserName":{"string":"wxid_%[2]d"},"ToUserName":{"string":"wxid_me%[5]d"},"MsgType":1,`+
		`"Content":{"string":"no. %[1]d"},"Status":3,"ImgStatus":1,"ImgBuf":{"iLen":0},"CreateTime":%[3]d,`+
		`"MsgSource":"<msgsource>\n\t<signature>V1_TsTZK4ux|v1_j2srVmo4</signature>\n\t<tmp_node>\n\t\t<publisher-id></publisher-id>\n\t`+
		`</tmp_node>\n</msgsource>\n","PushContent":"Alice : no. %[1]d","NewMsgId":%[4]d,"MsgSeq":731200046},"Wxid":"wxid_me%[5]d"}`,
		number, conversation, time.Now().Unix(), messageID(number), account)
}

// messageID returns the id of a message. As with the ids of the service, two that follow each other
// are far apart.
func messageID(number int) uint64 { return (uint64(number) + 1) * 0x9e3779b97f4a7c15 >> 1 }
