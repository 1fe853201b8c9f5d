// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * A request as it came. Its node is left as bytes: it is some 60 kB of Envoy's, may come with every
 * request, and is read once.
 *
 * @param message the request without its node
 * @param node null if it has none
 */
public record Incoming<Q>(Q message, @Nullable ByteString node) {}
