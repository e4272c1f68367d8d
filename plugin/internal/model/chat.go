// Package model asks language models: those with the interface of OpenAI, Dify, Coze and FastGPT.
package model

import (
	"context"

	"github.com/hongyan-go/hongyan/plugin/internal/service"
)

// Message is a message of a conversation with a model.
type Message struct {
	Role    string `json:"role"`
	Content any    `json:"content"` // a text, or parts
	Type    string `json:"content_type,omitempty"`
	// Reasoning and Calls are of the model. Some models want both back.
	Reasoning string `json:"reasoning_content,omitempty"`
	Calls     []Call `json:"tool_calls,omitempty"`
	CallID    string `json:"tool_call_id,omitempty"` // of the call that a message in the role tool answers
}

// Call is a call of a tool that a model asks for.
type Call struct {
	ID       string   `json:"id"`
	Type     string   `json:"type"`
	Function Function `json:"function"`
}

// Function names a tool, and has its arguments as JSON.
type Function struct {
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
}

// Tool is a tool that a model may call.
type Tool struct {
	Type     string     `json:"type"`
	Function Definition `json:"function"`
}

// Definition describes a tool; Parameters is a JSON schema.
type Definition struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Parameters  any    `json:"parameters"`
}

// Question is what a model is asked. Choice "none" forbids the tools.
type Question struct {
	Model    string    `json:"model,omitempty"`
	Messages []Message `json:"messages"`
	Tools    []Tool    `json:"tools,omitempty"`
	Choice   string    `json:"tool_choice,omitempty"`
	Stream   bool      `json:"stream"` // must be false
}

// Usage counts tokens: those that were read, and those that were written.
type Usage struct {
	In  int `json:"prompt_tokens"`
	Out int `json:"completion_tokens"`
}

// Reply is what a model says, or the tools that it wants to call.
type Reply struct {
	Text      string `json:"content"`
	Reasoning string `json:"reasoning_content"`
	Calls     []Call `json:"tool_calls"`
	Usage     Usage  `json:"usage"`
}

// Message is the reply as a message of the conversation.
func (r *Reply) Message() Message {
	return Message{Role: "assistant", Content: r.Text, Reasoning: r.Reasoning, Calls: r.Calls}
}

// Chat asks a model that has the interface of OpenAI. A reply without a choice is empty.
func Chat(ctx context.Context, cl *service.Client, b Backend, q Question) (Reply, error) {
	q.Model = b.Model
	var got struct {
		Choices []struct {
			Message Reply `json:"message"`
		} `json:"choices"`
		Usage Usage `json:"usage"`
	}
	if err := b.post(ctx, cl, "/chat/completions", q, service.ReadJSON(&got)); err != nil {
		return Reply{}, err
	}
	var r Reply
	if len(got.Choices) > 0 {
		r = got.Choices[0].Message
	}
	r.Usage = got.Usage
	return r, nil
}
