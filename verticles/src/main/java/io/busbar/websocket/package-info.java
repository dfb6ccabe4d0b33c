/**
 * The Juniper WebSocket endpoints. {@code /ws/v1/workers} is the worker side of calls for compute
 * workers that connect to us: each registered worker is a member of a pool, takes one call at a
 * time as a task with tensors, and its result is judged before it becomes the answer. A worker
 * lives on the lane of its connection.
 */
package io.busbar.websocket;
