"""A moto server in which patchbot's state machine and Terraform module work.

moto simulates AWS. This program serves it on the listening socket that is handed over as
file descriptor 3, ends when its standard input does, and fills the gaps that patchbot
falls into: see the modules beside it. Written for moto 5.2.1; exit status 3 says that moto
is not installed.

    PUT /mototest/nodes/<instance id>

sets what Systems Manager says of a node, as one JSON object: state, patches, information,
install, scan, snapshot_state, replace_state (see node.go).

    PUT /mototest/calendars/<name>

sets what a change calendar says, e.g. {"State": "CLOSED"} (see calendar.go).

    PUT /mototest/faults/<X-Amz-Target>

makes a call fail, e.g. AmazonSSM.SendCommand with {"Code": "InvalidInstanceId", "Message": ""}.
"""

import logging
import os
import socket
import sys
import threading

LISTENER = 3

try:
    from werkzeug.serving import make_server

    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    import calendars
    import commands
    import control
    import nodes
    import services
    import stepfunctions
    import volumes
except ImportError as missing:
    print(f"{missing}: install with pip install 'moto[server,stepfunctions]==5.2.1'", file=sys.stderr)
    sys.exit(3)


def end_with_parent():
    sys.stdin.buffer.read()
    os._exit(0)


def main():
    for fill in stepfunctions.FILLS + nodes.FILLS + commands.FILLS + calendars.FILLS + services.FILLS + volumes.FILLS:
        fill()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    host, port = socket.socket(fileno=os.dup(LISTENER)).getsockname()
    os.environ["MOTO_PORT"] = str(port)  # the tasks of a state machine call back to it
    threading.Thread(target=end_with_parent, daemon=True).start()
    application = control.controlled(DomainDispatcherApplication(create_backend_app))
    make_server(host, port, application, threaded=True, fd=LISTENER).serve_forever()


main()
