"""A door in front of a server that can be shut: connections are refused, or stay open and carry nothing any more."""

import asyncio
import contextlib
from enum import StrEnum


class Door(StrEnum):
    """What becomes of connections."""

    OPEN = "open"
    REFUSING = "refusing"
    """As with a process that has gone: those there are break, new ones are refused."""
    SILENT = "silent"
    """As with a network that drops packets: everything stays open, and nothing comes through."""


class Proxy:
    """Listens on a port of loopback that stays the same, and carries bytes to `target_port` while it is open."""

    def __init__(self, target_port: int) -> None:
        self.port = 0
        self._target_port = target_port
        self._server: asyncio.Server | None = None
        self._flowing = asyncio.Event()
        self._pumps: set[asyncio.Task[None]] = set()

    async def set(self, door: Door) -> None:
        """Open or shut it. What was held back while it was silent goes through once it opens."""
        if door is Door.SILENT:
            self._flowing.clear()
        else:
            self._flowing.set()
        if door is Door.REFUSING:
            await self._close()
        elif self._server is None:
            self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening, and break what is open."""
        await self._close()

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        pumps = list(self._pumps)
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._both_ways(reader, writer))
        self._pumps.add(task)
        try:
            await asyncio.wait([task])
        finally:
            self._pumps.discard(task)

    async def _both_ways(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_writer: asyncio.StreamWriter | None = None
        try:
            await self._flowing.wait()
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
            ways = [
                asyncio.create_task(self._pump(reader, far_writer)),
                asyncio.create_task(self._pump(far_reader, writer)),
            ]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        except OSError:
            pass
        finally:
            for one in (writer, far_writer):
                if one is not None:
                    one.transport.abort()
                    with contextlib.suppress(OSError):
                        await one.wait_closed()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                await self._flowing.wait()
                writer.write(data)
                await writer.drain()
