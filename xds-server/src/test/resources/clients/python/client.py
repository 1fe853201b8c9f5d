# SPDX-License-Identifier: Apache-2.0
"""Calls what each line of the standard input names, "TARGET METHOD", and prints what came of it."""
import sys

import grpc

channels = {}
for line in sys.stdin:
    target, method = line.split()
    if target not in channels:
        channels[target] = grpc.insecure_channel(target)
    call = channels[target].unary_unary(
        method, request_serializer=lambda x: x, response_deserializer=lambda x: x)
    try:
        print("OK " + call(b"", timeout=5).decode(), flush=True)
    except grpc.RpcError as error:
        print("FAILED " + error.code().name + " " + error.details().replace("\n", " "), flush=True)
