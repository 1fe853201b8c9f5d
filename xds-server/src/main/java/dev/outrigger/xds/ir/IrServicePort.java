// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ir;

/** One port of a service: what a route points at and a cluster stands for. */
public record IrServicePort(String namespace, String service, int port) {}
