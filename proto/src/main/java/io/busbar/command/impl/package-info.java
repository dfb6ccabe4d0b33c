/** The command primitive's two ends on a lane. */
package io.busbar.command.impl;
