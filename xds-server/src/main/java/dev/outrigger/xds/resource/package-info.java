// SPDX-License-Identifier: Apache-2.0
/**
 * What an xDS resource is to every room: its type, its name, its message and the documents it came
 * from. No versions (snapshot) and no protocol (ads).
 */
@NullMarked
package dev.outrigger.xds.resource;

import org.jspecify.annotations.NullMarked;
