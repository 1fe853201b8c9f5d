// SPDX-License-Identifier: Apache-2.0

// Calls what each line of the standard input names, "TARGET METHOD", and prints what came of it.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/status"
	_ "google.golang.org/grpc/xds"
)

type bytesCodec struct{}

func (bytesCodec) Marshal(v any) ([]byte, error)        { return *(v.(*[]byte)), nil }
func (bytesCodec) Unmarshal(data []byte, v any) error   { *(v.(*[]byte)) = append([]byte{}, data...); return nil }
func (bytesCodec) Name() string                         { return "proto" }

func main() {
	encoding.RegisterCodec(bytesCodec{})
	channels := map[string]*grpc.ClientConn{}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		channel, known := channels[words[0]]
		if !known {
			var err error
			channel, err = grpc.NewClient(words[0], grpc.WithTransportCredentials(insecure.NewCredentials()))
			if err != nil {
				fmt.Println("FAILED UNKNOWN " + err.Error())
				continue
			}
			channels[words[0]] = channel
		}
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		request, response := []byte{}, []byte{}
		err := channel.Invoke(ctx, words[1], &request, &response, grpc.ForceCodec(bytesCodec{}))
		cancel()
		if err != nil {
			said := status.Convert(err)
			fmt.Println("FAILED " + said.Code().String() + " " + strings.ReplaceAll(said.Message(), "\n", " "))
		} else {
			fmt.Println("OK " + string(response))
		}
	}
}
