// SPDX-License-Identifier: Apache-2.0
/**
 * The demo: a control plane, two services and two sidecars as processes of this machine, the
 * traffic sent through them, and what is checked about it.
 */
@NullMarked
package dev.outrigger.cli.demo;

import org.jspecify.annotations.NullMarked;
