// SPDX-License-Identifier: Apache-2.0
/**
 * Proto to config: one parser per resource, each stating the fields it supports; a set field no
 * parser knows is a rejection with its path. Protobuf stops here.
 */
@NullMarked
package dev.outrigger.dataplane.parse;

import org.jspecify.annotations.NullMarked;
