// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.plan;

import dev.outrigger.xds.node.NodeIdentity;
import dev.outrigger.xds.snapshot.Snapshot;

/** What a connected node was given last. Immutable. */
public record GivenSnapshot(NodeIdentity node, Snapshot snapshot) {}
