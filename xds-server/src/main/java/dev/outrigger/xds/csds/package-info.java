// SPDX-License-Identifier: Apache-2.0
/** Client status discovery: every connected client with what it has been given, over gRPC. */
@NullMarked
package dev.outrigger.xds.csds;

import org.jspecify.annotations.NullMarked;
