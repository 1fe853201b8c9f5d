// SPDX-License-Identifier: Apache-2.0
/**
 * The control plane beside go-control-plane and java-control-plane: the same resources, the same
 * clients, the same changes. Each contender is a process on one core; clients, traffic and this
 * program share the other.
 */
@NullMarked
package dev.outrigger.benchmarks.controlplane;

import org.jspecify.annotations.NullMarked;
